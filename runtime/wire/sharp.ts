/** libvips, for JPEG: native, so loaded where a picture has to be one, and nowhere else. One thread a picture. */
export async function loadSharp(): Promise<typeof import("sharp").default> {
  try {
    const { default: sharp } = await import("sharp");
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  } catch (error) {
    const [line] = (error as Error).message.trim().split("\n");
    throw new Error(`expected the package sharp, which encodes JPEG, found: ${line}`);
  }
}
