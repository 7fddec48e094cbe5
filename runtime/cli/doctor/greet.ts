import { connect } from "node:net";

/** Connects, says `hello`, and hears up to `bytes`; how long both took, ms. Rejects with the reason, never later than `timeoutMs`. */
export function greet(host: string, port: number, hello: Uint8Array, bytes: number, timeoutMs: number) {
  return new Promise<{ heard: Uint8Array; connectMs: number; answerMs: number }>((resolve, reject) => {
    const began = performance.now();
    let connectMs = Number.NaN;
    let heard = Buffer.alloc(0);
    const socket = connect({ host, port });
    const end = (act: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      act();
    };
    const done = (): void => end(() => resolve({ heard, connectMs, answerMs: performance.now() - began - connectMs }));
    const timer = setTimeout(() => {
      if (Number.isNaN(connectMs)) end(() => reject(new Error(`no answer in ${timeoutMs} ms`)));
      else done();
    }, timeoutMs);
    socket.once("connect", () => {
      connectMs = performance.now() - began;
      if (bytes === 0) return done();
      socket.write(hello);
    });
    socket.on("data", (piece) => {
      heard = Buffer.concat([heard, piece]);
      if (heard.length >= bytes) done();
    });
    socket.once("end", done);
    socket.once("error", (error) => end(() => reject(error)));
  });
}
