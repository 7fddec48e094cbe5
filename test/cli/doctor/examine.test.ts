import { expect, test } from "vitest";
import { examine } from "../../../runtime/cli/doctor/examine.ts";
import { counted, reportLines } from "../../../runtime/cli/doctor/report.ts";
import { smallModel } from "../../../runtime/cli/doctor/small-model.ts";
import { fakeSystem, NOTHING } from "./fake-system.ts";

const noBus = () => {
  throw new Error("no bus is to be opened");
};

test("a computer with nothing on it and nothing asked of it: notes, not a wall of failures", async () => {
  const system = fakeSystem({
    programs: { script: ([code = ""]) => ({ stdout: code.includes("listSupported") ? lines : "" }) },
  });
  const sections = await examine({ system, need: NOTHING, makeBus: noBus, model: smallModel });
  const { fail, warn } = counted(sections);
  expect({ fail, warn }).toEqual({ fail: 0, warn: 0 });
  expect(sections.length).toBeGreaterThan(8);
});
const lines = ['{"names":["cpu"]}', '{"provider":"cpu"}', '{"provider":"cpu","numbers":[2,4,6],"ms":1}'].join("\n");

test("a group that throws is one failed line, and the others still come", async () => {
  const memory = () => {
    throw new Error("no such file");
  };
  const sections = await examine({
    system: fakeSystem({ over: { memory } }),
    need: NOTHING,
    makeBus: noBus,
    model: smallModel,
  });
  const failed = sections.find(({ title }) => title === "Memory")!.findings;
  expect(failed).toMatchObject([{ verdict: "fail", found: "ended early: no such file" }]);
  expect(sections.map(({ title }) => title)).toContain("Clock");
});

test("a finding is a line, its remedy another under it, and the last line counts", () => {
  const findings = [
    { verdict: "pass", what: "a", found: "fine" },
    { verdict: "fail", what: "b", found: "broken", fix: "mend b" },
  ] as const;
  expect(reportLines("me", [{ title: "Things", findings }])).toEqual([
    ...["me", "", "Things", "  ok   a: fine", "  FAIL b: broken", "       → mend b"],
    ...["", "1 ok, 0 of no matter, 0 to look at, 1 that will not work"],
  ]);
});
