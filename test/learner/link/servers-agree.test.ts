import { expect, test, vi } from "vitest";
import { whenServersAgree } from "../../../learner/link/servers-agree.ts";

const timeout = Object.assign(new Error("timeout"), { name: "TimeoutError" });
const noLeader = Object.assign(new Error("JetStream system temporarily unavailable"), { code: 10_008 });
const noRoom = Object.assign(new Error("insufficient storage resources available"), { code: 10_047 });

test("what servers without a leader do not answer is asked again until they do; any other trouble is told at once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
  try {
    const told: string[] = [];
    const act = vi.fn().mockRejectedValueOnce(timeout).mockRejectedValueOnce(noLeader).mockResolvedValue("made");
    const made = whenServersAgree<string>(act, (line) => told.push(line));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await made).toBe("made");
    expect(told).toEqual([
      "waits for the servers to agree on who leads: timeout",
      "waits for the servers to agree on who leads: JetStream system temporarily unavailable",
    ]);
    await expect(
      whenServersAgree(
        () => Promise.reject(noRoom),
        () => {},
      ),
    ).rejects.toBe(noRoom);

    const never = whenServersAgree(
      () => Promise.reject(timeout),
      () => {},
    );
    const refused = expect(never).rejects.toBe(timeout);
    await vi.advanceTimersByTimeAsync(31_000);
    await refused;
  } finally {
    vi.useRealTimers();
  }
});
