/** A table is one block of its Markdown source: read here so that it can be drawn, and written from cells. */

/** What a table holds: rows of cells, the first being the head. */
export interface Table {
  readonly head: readonly string[];
  readonly align: readonly ("left" | "center" | "right" | null)[];
  readonly rows: readonly (readonly string[])[];
}

/** More than this is shown as its source. */
const CELLS_MOST = 4_000;

/** The table that a source stands for; nothing if it is none, and then the source itself is to be shown. */
export function readTable(source: string): Table | null {
  const lines = source.split("\n").filter((line) => line.trim() !== "");
  const [first, second, ...rest] = lines.map(cellsOf);
  if (first === undefined || second === undefined || first.length !== second.length) return null;
  if (!second.every((cell) => /^:?-+:?$/.test(cell)) || first.length * lines.length > CELLS_MOST) return null;
  const rows = rest.map((row) => first.map((_, at) => row[at] ?? ""));
  return { head: first, align: second.map(alignment), rows };
}

function alignment(cell: string): "left" | "center" | "right" | null {
  const [left, right] = [cell.startsWith(":"), cell.endsWith(":")];
  if (left && right) return "center";
  if (right) return "right";
  return left ? "left" : null;
}

function cellsOf(line: string): string[] {
  const cells = [""];
  const text = line.trim().replace(/^\|/, "");
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === "\\" && text.charAt(at + 1) === "|") {
      cells[cells.length - 1] += "|";
      at += 1;
    } else if (c === "|") {
      if (at < text.length - 1) cells.push("");
    } else {
      cells[cells.length - 1] += c;
    }
  }
  return cells.map((cell) => cell.trim());
}

/** The source of a table with these rows, the first being its head. */
export function writeTable(rows: readonly (readonly string[])[]): string {
  const width = Math.max(1, ...rows.map((row) => row.length));
  const line = (row: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, at) => cell(row[at] ?? "")).join(" | ")} |`;
  const [head = [], ...rest] = rows;
  return [line(head), `|${" --- |".repeat(width)}`, ...rest.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace(/\|/g, "\\|");
}
