import { randomUUID } from 'node:crypto';
import { Image, Thumbnail } from '@libs/data-access/images';
import type { TestDatabase } from '@libs/testing';
import { PROBLEM_JSON } from '../http/problem-details';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import type { AcceptedImage } from './images.dto';
import { gif, jpeg, png, webp } from '../testing/sample-images';

let database: TestDatabase;
let api: ApiUnderTest;

beforeAll(async () => {
  database = await createApiDatabase();
  api = await ApiUnderTest.start(database.url, { IMAGE_MAX_SIZE: '20KiB' });
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

const upload = (bytes: Buffer, options = { filename: 'a.png', contentType: 'image/png' }) =>
  api.http.post('/images').attach('file', bytes, options);

describe('POST /images', () => {
  it('stores the original, adds the job with its id only, and says where to look', async () => {
    const before = await api.stored();
    const original = png(40, 30);
    const response = await upload(original).expect(202);
    const { id } = response.body as AcceptedImage;
    const job = `/jobs/thumbnail/${id}`;
    expect(response.headers['location']).toBe(job);
    expect(response.body).toEqual({
      id,
      job,
      events: `${job}/events`,
      thumbnails: {
        small: `/images/${id}/small`,
        medium: `/images/${id}/medium`,
        large: `/images/${id}/large`,
      },
    });
    const row = await api.database.getRepository(Image).findOneOrFail({
      where: { id },
      select: { bytes: true, contentType: true, width: true, height: true },
    });
    expect(row).toEqual({ bytes: original, contentType: 'image/png', width: 40, height: 30 });
    expect((await api.queue('thumbnail').getJob(id))?.data).toEqual({ imageId: id });
    expect(await api.stored()).toEqual({
      ...before,
      images: before.images + 1,
      jobs: before.jobs + 1,
    });
  });

  it.each([
    ['image/jpeg', jpeg],
    ['image/webp', webp],
    ['image/png', png(3, 2)],
  ])('knows %s by its content, whatever the client calls it', async (contentType, bytes) => {
    const options = { filename: '../../etc/passwd', contentType: 'text/plain' };
    const { id } = (await upload(bytes, options).expect(202)).body as AcceptedImage;
    const row = await api.database.getRepository(Image).findOneByOrFail({ id });
    expect(row).toMatchObject({ contentType, width: 3, height: 2 });
  });

  const html = Buffer.from('<script>alert(1)</script>');
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');

  it.each([
    ['HTML that is called a PNG', html, 415],
    ['an SVG', svg, 415],
    ['a GIF', gif, 415],
    ['an empty file', Buffer.alloc(0), 415],
    ['the first bytes of a PNG', png(3, 2).subarray(0, 18), 415],
    ['an image without extent', png(0, 0), 415],
    ['a small file that unpacks to too many pixels', png(8_000, 6_251), 413],
    ['a file that is too large', Buffer.concat([png(3, 2), Buffer.alloc(20 * 1_024)]), 413],
  ])('refuses %s, and changes nothing', async (_, bytes, status) => {
    const before = await api.stored();
    const response = await upload(bytes).expect(status);
    expect(response.headers['content-type']).toContain(PROBLEM_JSON);
    expect(response.body).toMatchObject({ status, instance: '/images' });
    expect(await api.stored()).toEqual(before);
  });

  it('says how large a file, or how many pixels, may be', async () => {
    const large = await upload(Buffer.alloc(21 * 1_024));
    expect(large.body).toMatchObject({ detail: 'The file is larger than 20480 bytes.' });
    const pixels = await upload(png(8_000, 6_251));
    expect(pixels.body).toMatchObject({
      detail: 'The image has 8000 x 6251 pixels; the maximum is 50000000.',
    });
  });

  it('refuses anything but a form with a file, and changes nothing', async () => {
    const before = await api.stored();
    await api.http.post('/images').type('image/png').send(png(3, 2)).expect(415);
    await api.http.post('/images').send({ file: 'x' }).expect(415);
    await api.http.post('/images').expect(415);
    const invalid = [
      api.http.post('/images').attach('picture', png(3, 2), 'a.png'),
      api.http.post('/images').attach('file', png(3, 2), 'a.png').attach('file', jpeg, 'b.png'),
      api.http.post('/images').field('title', 'x').attach('file', png(3, 2), 'a.png'),
      api.http.post('/images').set('content-type', 'multipart/form-data').send('x'),
      api.http
        .post('/images')
        .set('content-type', 'multipart/form-data; boundary=a')
        .send('--a\r\n'),
    ];
    for (const request of invalid) {
      const response = await request.expect(400);
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      expect(response.body).toMatchObject({ errors: [{ field: 'file' }] });
    }
    expect(await api.stored()).toEqual(before);
  });

  it('keeps neither image nor job when the job cannot be added', async () => {
    const before = await api.stored();
    await api.database.query('ALTER FUNCTION bullmq.add_job RENAME TO add_job_away');
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await upload(png(3, 2)).expect(500);
    await api.database.query('ALTER FUNCTION bullmq.add_job_away RENAME TO add_job');
    expect(await api.stored()).toEqual(before);
  });
});

describe('GET /images/:id/:size', () => {
  it('serves a thumbnail, for good', async () => {
    const imageId = randomUUID();
    const original = { id: imageId, bytes: jpeg, contentType: 'image/jpeg', width: 3, height: 2 };
    await api.database.getRepository(Image).insert(original);
    const { width, height, contentType, bytes } = original;
    await api.database
      .getRepository(Thumbnail)
      .insert({ imageId, size: 'small', width, height, contentType, bytes });

    const response = await api.http.get(`/images/${imageId}/small`).expect(200);
    expect(response.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    expect(response.body).toEqual(jpeg);
    await api.http
      .get(`/images/${imageId}/small`)
      .set('if-none-match', response.headers['etag'] ?? '')
      .expect(304);
  });

  it('says that a thumbnail is not ready yet, and when to try again', async () => {
    const { id } = (await upload(png(3, 2)).expect(202)).body as AcceptedImage;
    const response = await api.http.get(`/images/${id}/small`).expect(404);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.body).toMatchObject({ detail: 'The thumbnails are not ready yet.' });
  });

  it('says why there will be no thumbnail when the job has failed', async () => {
    const { id } = (await upload(png(3, 2)).expect(202)).body as AcceptedImage;
    await api.failJob('thumbnail', id, 'the image cannot be read');
    const response = await api.http.get(`/images/${id}/small`).expect(404);
    expect(response.headers['retry-after']).toBeUndefined();
    expect(response.body).toMatchObject({
      detail: 'The thumbnails could not be created: the image cannot be read',
    });
  });

  it.each([
    [`/images/${randomUUID()}/small`, /^There is no image /],
    ['/images/1/small', 'There is no image 1.'],
    [`/images/${randomUUID()}/huge`, 'There is no size "huge". There are: small, medium, large.'],
    [`/images/${randomUUID()}/__proto__`, /^There is no size /],
  ])('answers 404 to %s', async (path, detail) => {
    const response = await api.http.get(path).expect(404);
    expect(response.headers['content-type']).toContain(PROBLEM_JSON);
    expect((response.body as { detail: string }).detail).toMatch(detail);
  });
});
