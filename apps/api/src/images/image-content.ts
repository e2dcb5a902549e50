import { disableTypes, imageSize, types } from 'image-size';

/** The formats that are accepted, by the name that image-size gives them. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

// Readers of formats that are refused anyway would only be more code for hostile files to reach.
disableTypes(types.filter((type) => !(type in MEDIA_TYPES)));

export interface ImageContent {
  contentType: string;
  /** In pixels, as stored: before any rotation by the EXIF orientation. */
  width: number;
  height: number;
}

/**
 * What an image is, by its own header: neither its name nor the type that the client gave it count.
 * `undefined` if it is none of the accepted formats, or its header is damaged.
 */
export function readImageContent(bytes: Uint8Array): ImageContent | undefined {
  try {
    // A copy, because image-size reads past the end of a damaged header: in the memory that a Buffer
    // shares with others it would find, and we would tell, bytes of another request.
    const { type = '', width, height } = imageSize(new Uint8Array(bytes));
    const contentType = MEDIA_TYPES[type];
    return contentType !== undefined && width > 0 && height > 0
      ? { contentType, width, height }
      : undefined;
  } catch {
    // image-size throws errors of many kinds for what it cannot read; they all mean the same here.
    return undefined;
  }
}

export const acceptedMediaTypes = Object.values(MEDIA_TYPES);
