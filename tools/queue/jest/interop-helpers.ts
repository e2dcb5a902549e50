/** Marks the exports of an ES module that was compiled to CommonJS, for importers that do not trust `__esModule`. */
export const ES_MODULE_MARK = `Object.defineProperty(exports,Symbol.for("@tools/queue/es-module"),{value:true});`;

/**
 * What the helpers below are made of, in one line. `__namespace` gives what `import * as` sees: of a
 * CommonJS module all that its exports have, inherited and hidden properties too, as esbuild does it.
 * `__import` stands for `import()`.
 */
export function helpers(trustsEsModuleFlag: boolean): string {
  return (
    `var __namespaces=new WeakMap();` +
    `function __namespace(m){` +
    `if(${isEsModule(trustsEsModuleFlag)})return m;` +
    `if(m===null||typeof m!=="object"&&typeof m!=="function")return{default:m};` +
    `var n=__namespaces.get(m);if(n)return n;` +
    `n=Object.create(Object.getPrototypeOf(m),{default:{value:m,enumerable:true,configurable:true}});__namespaces.set(m,n);` +
    `Object.getOwnPropertyNames(m).forEach(function(k){if(k!=="default")Object.defineProperty(n,k,` +
    `{get:function(){return m[k]},enumerable:Object.prototype.propertyIsEnumerable.call(m,k),configurable:true})});` +
    `return n}` +
    `function __import(s){return Promise.resolve(s).then(function(s){s=String(s);` +
    `return __namespace(require(s.startsWith("file:")?require("node:url").fileURLToPath(s):s))})}`
  );
}

/** What stands in place of a helper of swc; `undefined` for every other function. */
export function replacedHelper(name: string, trustsEsModuleFlag: boolean): string | undefined {
  switch (name) {
    case '_interop_require_default':
      return `function ${name}(m){return ${isEsModule(trustsEsModuleFlag)}?m:{default:m}}`;
    case '_interop_require_wildcard':
      return `function ${name}(m){return __namespace(m)}`;
    case '_export_star':
      return (
        `function ${name}(from,to){Object.getOwnPropertyNames(Object(from)).forEach(function(k){` +
        `if(k!=="default"&&k!=="__esModule"&&!Object.prototype.hasOwnProperty.call(to,k))` +
        `Object.defineProperty(to,k,{enumerable:true,get:function(){return from[k]}})});return from}`
      );
    default:
      return undefined;
  }
}

function isEsModule(trustsEsModuleFlag: boolean): string {
  return trustsEsModuleFlag ? 'm&&m.__esModule' : 'm&&m[Symbol.for("@tools/queue/es-module")]';
}
