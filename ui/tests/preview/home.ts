/** A page in Welsh. */

import type { Block } from "../../src/editor/blocks";
import { block, mark } from "./rota";

export function home(): Block[] {
  const why = "Bob dydd Iau mae rhywun yn mynd adref o'r ysbyty i dŷ oer ac oergell wag. Cinio yw'r esgus; cael rhywun wrth y drws yw'r pwynt.";
  return [
    block("paragraph", why, { marks: [mark(why, "cael rhywun wrth y drws", "strong")] }),
    block("heading", "Cyn iddynt adael y ward", { level: 2 }),
    block("task-list-item", "Y ward yn ffonio cyn un ar ddeg", { checked: true }),
    block("task-list-item", "Pwy sydd â'r allwedd?", { checked: false }),
    block("heading", "Ar y diwrnod", { level: 2 }),
    block("unordered-list-item", "Y gyrrwr yn troi'r gwres ymlaen"),
    block("unordered-list-item", "Cinio i ddau, fel nad oes neb yn bwyta ar ei ben ei hun"),
    block("blockquote", "Roedd y tŷ'n gynnes. Dyna'r cyfan yr oeddwn i ei eisiau."),
  ];
}
