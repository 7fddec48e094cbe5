/** uint8 height × width × channels, row by row from the top. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB. */
  readonly channels: number;
}

/** Part of a picture, in its pixels from the top left. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** RGB out of grey, or grey out of RGB by the weights of ITU-R BT.601; the same picture where it is so already. */
export function withChannels(picture: Picture, channels: number): Picture {
  const { data, width, height } = picture;
  if (picture.channels === channels) return picture;
  const out = new Uint8Array(width * height * channels);
  if (channels === 3) for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / 3)]!;
  else {
    for (let i = 0; i < out.length; i++) {
      out[i] = Math.round(0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!);
    }
  }
  return { data: out, width, height, channels };
}
