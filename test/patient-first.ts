import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, under test/. One that began last would be waited for alone. */
const LONGEST = [
  "cli/learns",
  "cli/teach",
  "cli/calibrate",
  "cli/experiment",
  "cli/bench/loop",
  "cli/play",
  "keyboard/terminal",
];

/** What takes long is begun first; the rest in vitest's own order. */
export class PatientFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((each) => moduleId.endsWith(`/${each}.test.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
