import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";

/** Who a machine is, for anybody to know. */
export interface PublicKeys {
  /** 1 to 64 letters, digits, dots, _ and -. */
  readonly name: string;
  /** CURVE (curvezmq.org), Z85: who may connect. */
  readonly curve: string;
  /** Ed25519, DER as base64: whose policies and whose steps. */
  readonly sign: string;
}

/** What only the machine itself may know, beside that. */
export interface Keys extends PublicKeys {
  readonly curveSecret: string;
  readonly signSecret: string;
}

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const WORD = "reverie-keys-1";
const CURVE = /^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/;

/** New keys for a machine. Throws on a name that is none. */
export async function makeKeys(name: string): Promise<Keys> {
  if (!NAME.test(name))
    throw new Error(`keys: expected a name of 1 to 64 letters, digits, ., _ and -, found "${name}"`);
  const { curveKeyPair } = await import("zeromq");
  const { publicKey, secretKey } = curveKeyPair();
  const pair = generateKeyPairSync("ed25519");
  return {
    name,
    curve: publicKey,
    sign: pair.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    curveSecret: secretKey,
    signSecret: pair.privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
  };
}

/** The public half as one line of text. */
export function publicLine({ name, curve, sign }: PublicKeys): string {
  return `${WORD} ${name} ${curve} ${sign}`;
}

/** Throws, without repeating it, when the line is not such a line. */
export function parsePublicLine(line: string): PublicKeys {
  const [word, name = "", curve = "", sign = "", ...rest] = line.trim().split(/\s+/);
  if (word !== WORD || rest.length > 0 || !NAME.test(name) || !CURVE.test(curve) || !isSignKey(sign)) {
    throw new Error(`expected a line "${WORD} <name> <curve key> <signing key>", found something else`);
  }
  return { name, curve, sign };
}

/** Base64. */
export function signText(text: string, { signSecret }: Keys): string {
  const key = createPrivateKey({ key: Buffer.from(signSecret, "base64"), format: "der", type: "pkcs8" });
  return sign(null, Buffer.from(text), key).toString("base64");
}

/** Whether `signature` is of `text` by the machine with these keys. Never throws. */
export function isSigned(text: string, signature: unknown, by: PublicKeys): boolean {
  if (typeof signature !== "string" || signature.length > 200) return false;
  const key = createPublicKey({ key: Buffer.from(by.sign, "base64"), format: "der", type: "spki" });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
}

function isSignKey(text: string): boolean {
  if (text.length > 100) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519";
  } catch {
    return false;
  }
}
