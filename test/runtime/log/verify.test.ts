import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { McapFile } from "../../../runtime/log/mcap-file.ts";
import { verifyFile } from "../../../runtime/log/verify.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-verify-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.each([0n, 1n, 2n ** 40n, 2n ** 63n])(
  "a summary that is said to begin at %d is not believed, and nothing is set aside for it",
  async (start) => {
    const path = join(directory, "a.mcap");
    const file = new McapFile(path, [{ name: "/a", type: "a/msg/A", definition: "uint8 a" }]);
    file.write([{ sequence: 0, timeNs: 5n, messages: [{ channel: 1, body: Uint8Array.of(1) }] }], 0);
    file.finish();
    file.close();
    expect((await verifyFile(path)).messages).toBe(1);
    const bytes = readFileSync(path);
    const summary = bytes.length - 8 - 20; // footer: summary start, summary offset start, checksum; then the magic
    for (const at of [summary, summary + 8]) {
      const liar = Buffer.from(bytes);
      liar.writeBigUInt64LE(start, at);
      writeFileSync(path, liar);
      const before = process.memoryUsage().arrayBuffers;
      await expect(verifyFile(path)).rejects.toThrow(/expected a whole MCAP file/);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5e6);
    }
  },
);
