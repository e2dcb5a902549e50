import type { FixtureWorkspace } from './fixture-workspace';

const ELEMENT = `(type, props) => typeof type === 'function' ? type(props) : '<' + type + '>' + [props?.children].flat(9).join('') + '</' + type + '>'`;

/** Small packages shaped like React and Preact: what they make of an element says which of them did it. */
export function installJsxPackages(workspace: FixtureWorkspace): void {
  workspace.install(
    'react',
    { main: 'index.js' },
    {
      'index.js': `const make = ${ELEMENT}; exports.createElement = (type, props, ...children) => 'classic:' + make(type, { ...props, children });`,
      'jsx-runtime.js': `const make = ${ELEMENT}; exports.jsx = exports.jsxs = (type, props) => 'react:' + make(type, props);`,
      'jsx-dev-runtime.js': `const make = ${ELEMENT}; exports.jsxDEV = (type, props) => 'dev:' + make(type, props);`,
    },
  );
  workspace.install(
    'preact',
    {
      type: 'module',
      exports: { '.': './index.js', './jsx-runtime': './jsx-runtime.js' },
    },
    {
      'index.js': `const make = ${ELEMENT}; export const h = (type, props, ...children) => 'h:' + make(type, { ...props, children });`,
      'jsx-runtime.js': `const make = ${ELEMENT}; export const jsx = (type, props) => 'preact:' + make(type, props); export const jsxs = jsx;`,
    },
  );
}
