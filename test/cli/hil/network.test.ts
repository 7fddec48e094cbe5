import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { networkTo } from "../../../runtime/cli/hil/network.ts";

test("a network carries, stalls, comes back with what it kept, is cut, and carries again", async () => {
  const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const network = await networkTo((server.address() as { port: number }).port);
  const port = Number(network.endpoint.split(":").at(-1));
  const open = () => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    let heard = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
    });
    return {
      socket,
      heard: () => heard,
      closed: new Promise((resolve) => socket.on("close", () => resolve("closed"))),
    };
  };
  const first = open();
  first.socket.write("a");
  await expect.poll(first.heard).toBe("a");
  network.fail({ kind: "net-stall" });
  first.socket.write("b");
  await new Promise((wake) => setTimeout(wake, 50));
  expect(first.heard()).toBe("a");
  network.mend();
  await expect.poll(first.heard).toBe("ab");
  network.fail({ kind: "net-cut" });
  expect(await first.closed).toBe("closed");
  expect(await open().closed).toBe("closed");
  network.mend();
  const second = open();
  second.socket.write("c");
  await expect.poll(second.heard).toBe("c");
  await network.close();
  second.socket.destroy();
  server.close();
});
