import { isLoopback, isNats } from "./endpoint.ts";

/** How a NATS server lets a machine in, and how the machine knows the server. */
export interface NatsSecurity {
  /** Path of a file with credentials; "": none. */
  readonly credentials: string;
  /** Path of certificates (PEM) of those who may sign the server's; "": those the system trusts. */
  readonly ca: string;
}

/** Throws where a NATS server beyond this machine is to be talked to without credentials. `group`: of the settings. */
export function expectEndpointSecured(endpoint: string, group: string, { credentials }: NatsSecurity): void {
  if (!isNats(endpoint) || credentials !== "" || isLoopback(endpoint)) return;
  throw new Error(
    `${endpoint}: expected TLS and credentials beyond this machine, found no credentials: --${group}.credentials=<file>`,
  );
}
