import { nestTree } from '../../testing/nest-tree';
import { Person } from '../../testing/person';
import { treeWorkspace } from '../plan/tree-workspace';
import initGenerator from './init';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CLEAR = '\u0015';

describe('nx g @tools/queue:init on a terminal', () => {
  it('asks which of the Nest applications adds jobs, and what the worker is called', async () => {
    const tree = nestTree({ apps: ['admin', 'api'] });
    const person = new Person();

    const generated = initGenerator(tree, { skipFormat: true }, person);
    await person.answer('Which application adds jobs?', `${DOWN}${ENTER}`);
    await person.answer('Name of the worker', `${CLEAR}api${ENTER}`);
    await person.answer('this workspace has a project "api"', `${CLEAR}media${ENTER}`);
    await generated;

    expect(tree.read('apps/api/src/app/app.module.ts', 'utf-8')).toContain('QueueModule');
    expect(tree.read('apps/admin/src/app/app.module.ts', 'utf-8')).not.toContain('QueueModule');
    expect(treeWorkspace(tree).workers).toMatchObject([{ name: 'media', root: 'apps/media' }]);
  });

  it('does not ask for what was passed, and takes none for no worker', async () => {
    const tree = nestTree();
    const person = new Person();

    const generated = initGenerator(tree, { skipFormat: true, api: 'none' }, person);
    await person.answer('Name of the worker', `${CLEAR}none${ENTER}`);
    await generated;

    expect(treeWorkspace(tree).workers).toEqual([]);
  });
});
