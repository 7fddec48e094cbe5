import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCommand } from "../../../../runtime/cli/bench/nats-server.ts";

/** Where there is none, what needs it is skipped, and says why. */
export const openssl = findCommand("openssl");

/** Paths of PEM files. */
export interface Certificates {
  /** Of who signed the server's. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const KIND = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** An authority's certificate and, signed by it, one of `localhost`; for a day, with fresh keys. `name` tells them from others. */
export function makeCertificates(directory: string, name: string): Certificates {
  const path = (suffix: string) => join(directory, `${name}-${suffix}.pem`);
  const [ca, caKey, cert, key] = [path("ca"), path("ca-key"), path("cert"), path("key")];
  const run = (...args: string[]) => execFileSync(openssl!, args, { stdio: "ignore" });
  run("req", "-x509", ...KIND, "-days", "1", "-keyout", caKey, "-out", ca, "-subj", `/CN=${name}`);
  run("req", "-new", ...KIND, "-keyout", key, "-out", path("request"), "-subj", "/CN=localhost");
  writeFileSync(path("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const signed = ["-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-days", "1", "-extfile", path("names")];
  run("x509", "-req", "-in", path("request"), ...signed, "-out", cert);
  return { ca, cert, key };
}
