import { deadRequest, type DeadOptions } from './dead-request';

describe('the options of dead', () => {
  it.each<[DeadOptions, string]>([
    [{}, 'list'],
    [{ job: 'report' }, 'list'],
    [{ id: 7 }, 'show'],
    [{ id: '7', redrive: true, force: true }, 'redrive'],
    [{ job: 'report', redrive: true, all: true }, 'redrive-all'],
    [{ id: '7', remove: true }, 'remove'],
  ])('%j: %s', (options, action) => {
    expect(deadRequest(options).action).toBe(action);
  });

  it('take an id that looks like a number as the text that it was', () => {
    expect(deadRequest({ id: 7 }).id).toBe('7');
  });

  it.each<[DeadOptions, string]>([
    [{ redrive: true }, '--redrive needs --id, or --job with --all.'],
    [{ redrive: true, all: true }, '--all needs --job'],
    [{ redrive: true, all: true, job: 'report', id: '1' }, 'either --id or --all'],
    [{ remove: true }, '--remove needs --id.'],
    [{ remove: true, redrive: true, id: '1' }, 'either --redrive or --remove'],
    [{ remove: true, all: true, job: 'report' }, '--all needs --redrive'],
    [{ force: true }, '--force needs --redrive'],
    [{ limit: 0 }, '--limit must be a whole number of at least 1'],
  ])('are refused if they are %j', (options, message) => {
    expect(() => deadRequest(options)).toThrow(message);
  });
});
