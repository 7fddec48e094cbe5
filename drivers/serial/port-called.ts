import { DevicePort } from "./device-port.ts";
import type { Port } from "./port.ts";
import { TcpPort } from "./tcp-port.ts";

/** The port that a person calls `tcp://host:port` or `/dev/ttyUSB0`. Throws on a name that is neither. */
export function portCalled(name: string, baud: number, advise: (line: string) => void = () => {}): Port {
  if (!Number.isInteger(baud) || baud <= 0) throw new Error(`${name}: expected a baud rate above 0, found ${baud}`);
  if (!name.startsWith("tcp://")) {
    if (name === "") throw new Error('port: expected "/dev/…", "COM…" or "tcp://host:port", found nothing');
    return new DevicePort(name, baud, advise);
  }
  const [, host, port] = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)$/.exec(name) ?? [];
  const number = Number(port);
  if (host === undefined || !(number >= 1 && number <= 65_535)) {
    throw new Error(`port: expected "tcp://host:port", found "${name}"`);
  }
  return new TcpPort(host.replace(/^\[|\]$/g, ""), number, baud);
}
