import { requestHash } from './request-hash';

describe('two requests to a route under the same key', () => {
  const request = { params: { id: '1' }, query: {}, body: { to: 'ada', text: 'hello' } };
  const hash = requestHash(request);

  it('ask for the same whatever the order of their keys', () => {
    const body = { text: 'hello', to: 'ada' };
    expect(requestHash({ ...request, body })).toBe(hash);
  });

  it.each([
    ['the path', { params: { id: '2' } }],
    ['the query', { query: { urgent: 'yes' } }],
    ['the body', { body: { to: 'eve', text: 'hello' } }],
    ['the file', { file: { fieldname: 'file', buffer: Buffer.from('x') } }],
  ])('ask for another thing if %s differs', (_what, change) => {
    expect(requestHash({ ...request, ...change })).not.toBe(hash);
  });
});
