import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist", "src/paraglide", "screenshots", "test-failures", "node_modules"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // The compiler knows what is defined.
      "no-undef": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    // What a person sees is in `messages`; a screen asks the door and knows no document.
    files: ["src/parts/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group: ["**/door/**", "**/screens/**"], message: "A part knows no door and no screen: what it shows is handed to it." }] }],
    },
  },
);
