import { disableTypes, imageSize, types } from 'image-size';

/** The accepted formats, by image-size's names. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

// Parsers of refused formats would only be more code exposed to hostile files.
disableTypes(types.filter((type) => !(type in MEDIA_TYPES)));

export interface ImageContent {
  contentType: string;
  /** In pixels, as stored: before any rotation by the EXIF orientation. */
  width: number;
  height: number;
}

/**
 * Detects the format of an image by its header, ignoring its name and the client's content type.
 * `undefined` if it is not an accepted format, or its header is damaged.
 */
export function readImageContent(bytes: Uint8Array): ImageContent | undefined {
  try {
    // A copy, because image-size reads past the end of a damaged header: in the shared memory of a Buffer
    // it would read, and we would reveal, bytes of another request.
    const { type = '', width, height } = imageSize(new Uint8Array(bytes));
    const contentType = MEDIA_TYPES[type];
    return contentType !== undefined && width > 0 && height > 0
      ? { contentType, width, height }
      : undefined;
  } catch {
    // image-size throws various errors for unreadable files; all mean the same here.
    return undefined;
  }
}

export const acceptedMediaTypes = Object.values(MEDIA_TYPES);
