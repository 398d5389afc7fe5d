import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonical } from './json.ts';
import type { Json } from './json.ts';
import type { Digest } from './unit.ts';

export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** First 40 hex of SHA-256 over the canonical JSON: fits into a Kubernetes label. */
export function digestOf(value: Json): Digest {
  return sha256Hex(canonical(value)).slice(0, 40);
}
