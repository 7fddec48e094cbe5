import type { Permissions } from "./accounts.ts";

/** Of a user that may speak for one machine; as in runtime/link/README.md. */
export function robotPermissions(machine: string): Permissions {
  const policies = "OBJ_reverie_fleet_policies";
  return {
    pub: [
      `reverie.fleet.up.${machine}.*`,
      `reverie.fleet.rows.${machine}.*`,
      "$JS.API.INFO",
      `$JS.API.STREAM.INFO.${policies}`,
      `$JS.API.STREAM.MSG.GET.${policies}`,
      `$JS.API.DIRECT.GET.${policies}.>`,
      `$JS.API.CONSUMER.CREATE.${policies}.>`,
      `$JS.API.CONSUMER.DELETE.${policies}.*`,
      `$JS.FC.${policies}.>`,
    ],
    sub: [`reverie.fleet.down.${machine}.*`, `_INBOX.${machine}.>`],
  };
}

/** The same as a server's configuration has it. */
export function inConfiguration({ pub, sub }: Permissions): string {
  return `{ publish: { allow: ${JSON.stringify(pub)} }, subscribe: { allow: ${JSON.stringify(sub)} } }`;
}
