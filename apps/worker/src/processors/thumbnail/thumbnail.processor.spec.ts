import { randomUUID } from 'node:crypto';
import { Image, ImagesDataModule, Thumbnail } from '@libs/data-access/images';
import { createMigratedDatabase } from '@libs/data-access/testing';
import { runHandler } from '@libs/queue/testing';
import type { TestDatabase } from '@libs/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { UnrecoverableError } from 'bullmq';
import sharp from 'sharp';
import { DataSource, type Repository } from 'typeorm';
import { loadWorkerConfig } from '@libs/worker-app/config';
import { SettingsModule } from '@libs/worker-app/settings.module';
import { worker as definition } from '../../worker';
import { ImageMissingError } from './image-missing.error';
import { ImageUnreadableError } from './image-unreadable.error';
import { ThumbnailProcessor } from './thumbnail.processor';

describe('the thumbnail processor', () => {
  let database: TestDatabase;
  let module: TestingModule;
  let processor: ThumbnailProcessor;
  let images: Repository<Image>;
  let thumbnails: Repository<Thumbnail>;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const config = loadWorkerConfig(definition, { DATABASE_URL: database.url });
    module = await Test.createTestingModule({
      imports: [SettingsModule.for(config), ImagesDataModule],
      providers: [ThumbnailProcessor],
    }).compile();
    processor = module.get(ThumbnailProcessor);
    const source = module.get(DataSource);
    images = source.getRepository(Image);
    thumbnails = source.getRepository(Thumbnail);
  });

  afterAll(async () => {
    await module.close();
    await database.drop();
  });

  /** Half red, half blue, to tell a rotated image from an upright one. */
  const picture = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
      {
        input: { create: { width, height: height / 2, channels: 3, background: 'blue' } },
        gravity: 'south',
      },
    ]);

  async function store(bytes: Buffer): Promise<string> {
    const id = randomUUID();
    await images.insert({ id, bytes, contentType: 'image/any', width: 1, height: 1 });
    return id;
  }

  async function made(imageId: string) {
    const rows = await thumbnails.find({
      where: { imageId },
      select: {
        imageId: true,
        size: true,
        contentType: true,
        bytes: true,
        width: true,
        height: true,
      },
      order: { width: 'ASC' },
    });
    return Promise.all(
      rows.map(async ({ bytes, ...row }) => ({
        ...row,
        bytes,
        read: await sharp(bytes).metadata(),
      })),
    );
  }

  it.each(['png', 'jpeg', 'webp'] as const)(
    'makes three sizes of a %s in its format',
    async (format) => {
      const imageId = await store(await picture(2_000, 1_000).toFormat(format).toBuffer());
      const { result, progress } = await runHandler(processor, { imageId });
      expect(progress).toEqual([33, 67, 100]);
      expect(result).toMatchObject({
        thumbnails: [
          { size: 'small', width: 160, height: 80 },
          { size: 'medium', width: 480, height: 240 },
          { size: 'large', width: 1_280, height: 640 },
        ],
      });
      const rows = await made(imageId);
      expect(rows.map(({ size, width, height }) => [size, width, height])).toEqual([
        ['small', 160, 80],
        ['medium', 480, 240],
        ['large', 1_280, 640],
      ]);
      for (const { contentType, read, width, height } of rows) {
        expect(contentType).toBe(`image/${format}`);
        expect(read).toMatchObject({ format, width, height });
      }
    },
  );

  it('does not enlarge a small image', async () => {
    const imageId = await store(await picture(200, 100).png().toBuffer());
    await runHandler(processor, { imageId });
    const sizes = (await made(imageId)).map(({ width, height }) => [width, height]);
    expect(sizes).toEqual([
      [160, 80],
      [200, 100],
      [200, 100],
    ]);
  });

  it('turns a photo upright and leaves out what its metadata tell', async () => {
    // Orientation 6: the camera was rotated; display the picture rotated clockwise.
    const photo = picture(800, 400)
      .jpeg()
      .withExif({ IFD0: { Artist: 'Ada' } })
      .withMetadata({ orientation: 6 });
    const imageId = await store(await photo.toBuffer());
    await runHandler(processor, { imageId });
    const [small] = await made(imageId);
    expect(small).toMatchObject({ width: 80, height: 160 });
    expect(small?.read.exif).toBeUndefined();
    // The bottom is now on the left.
    const [red, , blue] = await sharp(small?.bytes)
      .extract({ left: 4, top: 80, width: 1, height: 1 })
      .raw()
      .toBuffer();
    expect(blue).toBeGreaterThan(red ?? 255);
  });

  it('can run twice: the second run writes the same rows again', async () => {
    const imageId = await store(await picture(500, 500).png().toBuffer());
    const first = await runHandler(processor, { imageId });
    expect((await runHandler(processor, { imageId })).result).toEqual(first.result);
    expect(await thumbnails.countBy({ imageId })).toBe(3);
  });

  it('fails at once, without a retry, when the image is damaged', async () => {
    const whole = await picture(500, 500).jpeg().toBuffer();
    const imageId = await store(whole.subarray(0, 60));
    const running = runHandler(processor, { imageId });
    await expect(running).rejects.toBeInstanceOf(ImageUnreadableError);
    await expect(running).rejects.toBeInstanceOf(UnrecoverableError);
    await expect(running).rejects.toThrow(`The image ${imageId} cannot be read: `);
    expect(await made(imageId)).toEqual([]);
  });

  it('refuses to unpack an image of more pixels than are accepted', async () => {
    const huge = sharp({
      create: { width: 10_000, height: 5_001, channels: 3, background: 'red' },
    });
    const imageId = await store(await huge.png({ compressionLevel: 9 }).toBuffer());
    await expect(runHandler(processor, { imageId })).rejects.toThrow('exceeds pixel limit');
  });

  it('fails at once when the image is gone', async () => {
    const imageId = randomUUID();
    const running = runHandler(processor, { imageId });
    await expect(running).rejects.toBeInstanceOf(ImageMissingError);
    await expect(running).rejects.toBeInstanceOf(UnrecoverableError);
    await expect(running).rejects.toThrow(`There is no image ${imageId}.`);
  });
});
