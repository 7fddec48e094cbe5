/** What a camera might see: shades, edges, and noise of ±6 in every value. Equal sizes give equal pictures; [h, w, c] uint8. */
export function testPicture(shape: readonly number[]): Uint8Array {
  const [height = 1, width = 1, channels = 1] = shape;
  const data = new Uint8Array(height * width * channels);
  let noise = 1;
  for (let at = 0; at < data.length; at++) {
    const c = at % channels;
    const x = (Math.floor(at / channels) % width) / width;
    const y = Math.floor(at / channels / width) / height;
    noise = (noise * 48_271) % 2_147_483_647; // Park and Miller
    const shade = 128 + 60 * Math.sin(9 * x + c) + 50 * Math.cos(7 * y - c);
    const tile = (Math.floor(16 * x) + Math.floor(12 * y)) % 2 === 0 ? 25 : -25;
    data[at] = Math.max(0, Math.min(255, shade + tile + 12 * (noise / 2_147_483_647 - 0.5)));
  }
  return data;
}
