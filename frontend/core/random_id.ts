/** A random id of 128 bits as 32 hexadecimal digits. */
export function randomId(fill: (bytes: Uint8Array) => Uint8Array): string {
  return Array.from(fill(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
