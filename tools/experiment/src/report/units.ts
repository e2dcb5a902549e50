/** `1234.6` becomes `1,235`. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Bytes in megabytes (1,000,000 bytes), with one decimal below 10. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value < 10 ? value.toFixed(1) : whole(value);
}

/** Milliseconds in seconds, with one decimal. */
export function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
