import sharp from 'sharp';

export async function work(): Promise<string> {
  const red = sharp({ create: { width: 400, height: 200, channels: 3, background: 'red' } });
  const small = await sharp(await red.png().toBuffer())
    .resize(100)
    .webp()
    .toBuffer();
  const { format, width, height } = await sharp(small).metadata();
  return `${format} ${width}x${height}`;
}
