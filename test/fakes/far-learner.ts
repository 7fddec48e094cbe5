import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RoughLine } from "../../runtime/cli/chaos/rough-line.ts";
import { schema } from "../runtime/policy/bundles.ts";
import { type Intake, openIntake } from "./intake.ts";
import { type LinkSettings, type RobotLink, robotLink } from "./robot-link.ts";

/** A learner with its log on the disk, behind a line that has weather; all of it in one temporary directory. */
export class FarLearner {
  readonly line: RoughLine;
  readonly intake: Intake;
  readonly #directory: string;

  private constructor(directory: string, line: RoughLine, intake: Intake) {
    this.#directory = directory;
    this.line = line;
    this.intake = intake;
  }

  static async open(): Promise<FarLearner> {
    const directory = mkdtempSync(join(tmpdir(), "reverie-far-"));
    const line = await RoughLine.open();
    const intake = await openIntake(join(directory, "log"), schema);
    line.target = Number(intake.endpoint.split(":").at(-1));
    return new FarLearner(directory, line, intake);
  }

  /** The one robot, on the near side of the line. */
  robot(link: LinkSettings): RobotLink {
    return robotLink(this.#directory, `tcp://127.0.0.1:${this.line.port}`, { link });
  }

  async close(): Promise<void> {
    this.line.close();
    await this.intake.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
