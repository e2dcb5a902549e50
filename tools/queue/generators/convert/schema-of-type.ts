import ts from 'typescript';
import { type Declarations, nodesOf } from './declarations';

/** A schema of zod as it is written, and the places of which it takes anything because their type cannot be read. */
export interface WrittenSchema {
  text: string;
  unread: string[];
}

/** Any object, when nothing is known of the data. */
export const ANY_OBJECT: WrittenSchema = { text: 'z.looseObject({})', unread: ['data'] };

const KEYWORDS = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.StringKeyword, 'z.string()'],
  [ts.SyntaxKind.NumberKeyword, 'z.number()'],
  [ts.SyntaxKind.BooleanKeyword, 'z.boolean()'],
  [ts.SyntaxKind.UndefinedKeyword, 'z.undefined()'],
  [ts.SyntaxKind.VoidKeyword, 'z.void()'],
]);

/** How deep types that refer to types are followed; one that refers to itself has no end. */
const DEEPEST = 8;

/** What is passed to `add`, and the file in which it is written. */
export interface PassedValue {
  readonly value: ts.Expression;
  readonly file: string;
}

/** Writes the schema of what a type says, as JSON holds it. */
export class SchemaWriter {
  private readonly unread: string[] = [];

  constructor(private readonly declarations: Declarations) {}

  /** @param file the file in which the type is written */
  ofType(type: ts.TypeNode, file: string): WrittenSchema {
    this.unread.length = 0;
    const text = this.write(type, file, 'data', 0);
    return { text, unread: [...this.unread] };
  }

  /**
   * Of the objects that are passed to `add`: by their literals, and the types of the parameters that they are made of. A
   * field that not all of them have is optional. An object schema drops what it does not name, so where one call cannot be
   * read, anything is taken.
   */
  ofValues(values: readonly PassedValue[]): WrittenSchema {
    this.unread.length = 0;
    const texts = new Set(values.map(({ value, file }) => this.writeValue(value, file, 'data', 0)));
    const [text = ANY_OBJECT.text] = texts;
    if (texts.size <= 1) return { text, unread: [...new Set(this.unread)] };
    this.unread.length = 0;
    const objects = values.map(({ value, file }) => this.fieldsOf(value, file));
    if (objects.some((fields) => fields === undefined)) return ANY_OBJECT;
    const merged = mergeFields(objects.flatMap((fields) => fields ?? []));
    return { text: `z.object({ ${merged.join(', ')} })`, unread: [...new Set(this.unread)] };
  }

  /** The schema of each field; undefined if it is no literal that says all of them. */
  private fieldsOf(value: ts.Expression, file: string): Map<string, string> | undefined {
    if (!ts.isObjectLiteralExpression(value)) return undefined;
    const fields = new Map<string, string>();
    for (const property of value.properties) {
      const written = this.writeProperty(property, file, 'data', 0);
      if (written === undefined) return undefined;
      fields.set(...written);
    }
    return fields;
  }

  private anything(path: string): string {
    this.unread.push(path);
    return path === 'data' ? ANY_OBJECT.text : 'z.unknown()';
  }

  private write(type: ts.TypeNode, file: string, path: string, depth: number): string {
    const keyword = KEYWORDS.get(type.kind);
    if (keyword !== undefined) return keyword;
    const next = (inner: ts.TypeNode, at = path): string => this.write(inner, file, at, depth + 1);
    if (depth > DEEPEST) return this.anything(path);
    if (ts.isParenthesizedTypeNode(type)) return next(type.type);
    if (ts.isArrayTypeNode(type)) return `z.array(${next(type.elementType, `${path}[]`)})`;
    if (ts.isTypeOperatorNode(type)) return next(type.type);
    if (ts.isLiteralTypeNode(type)) {
      const isNull = type.literal.kind === ts.SyntaxKind.NullKeyword;
      return isNull ? 'z.null()' : `z.literal(${type.literal.getText()})`;
    }
    if (ts.isUnionTypeNode(type)) return this.writeUnion(type, next);
    if (ts.isTypeLiteralNode(type)) return this.writeObject(type.members, file, path, depth);
    if (ts.isTypeReferenceNode(type)) return this.writeReference(type, file, path, depth);
    return this.anything(path);
  }

  private writeUnion(type: ts.UnionTypeNode, next: (inner: ts.TypeNode) => string): string {
    const members = type.types.map(next);
    const isOptional = members.includes('z.undefined()');
    const others = members.filter((member) => member !== 'z.undefined()');
    const one = others.length === 1 ? others[0] : `z.union([${others.join(', ')}])`;
    return isOptional ? `${one}.optional()` : (one ?? '');
  }

  private writeObject(
    members: ts.NodeArray<ts.TypeElement | ts.ClassElement>,
    file: string,
    path: string,
    depth: number,
  ): string {
    const fields = members.flatMap((member) => {
      const isField = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
      if (!isField) return [];
      const name = member.name.getText();
      const at = path === 'data' ? name : `${path}.${name}`;
      const text = member.type ? this.write(member.type, file, at, depth + 1) : this.anything(at);
      const isOptional = member.questionToken !== undefined && !text.endsWith('.optional()');
      return [`${name}: ${text}${isOptional ? '.optional()' : ''}`];
    });
    return fields.length === 0 ? this.anything(path) : `z.object({ ${fields.join(', ')} })`;
  }

  private writeReference(
    type: ts.TypeReferenceNode,
    file: string,
    path: string,
    depth: number,
  ): string {
    const name = type.typeName.getText();
    const [first, second] = type.typeArguments ?? [];
    const next = (inner: ts.TypeNode): string => this.write(inner, file, path, depth + 1);
    if ((name === 'Array' || name === 'ReadonlyArray') && first) return `z.array(${next(first)})`;
    if (name === 'Readonly' && first) return next(first);
    if (name === 'Record' && first && second) return `z.record(${next(first)}, ${next(second)})`;
    // What JSON makes of it.
    if (name === 'Date') return 'z.coerce.date()';
    const found = this.declarations.find(name, file);
    if (found === undefined) return this.anything(path);
    const { node } = found;
    if (ts.isTypeAliasDeclaration(node) && !node.typeParameters) {
      return this.write(node.type, found.file, path, depth + 1);
    }
    if (ts.isEnumDeclaration(node)) return this.writeEnum(node) ?? this.anything(path);
    const isPlain =
      (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) &&
      !node.typeParameters &&
      !node.heritageClauses;
    return isPlain ? this.writeObject(node.members, found.file, path, depth) : this.anything(path);
  }

  private writeEnum(node: ts.EnumDeclaration): string | undefined {
    const values = node.members.map(({ initializer }) => initializer?.getText());
    return values.every((value) => value !== undefined && /^['"]/.test(value))
      ? `z.enum([${values.join(', ')}])`
      : undefined;
  }

  private writeValue(value: ts.Expression, file: string, path: string, depth: number): string {
    if (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) {
      return this.write(value.type, file, path, depth + 1);
    }
    if (ts.isStringLiteralLike(value) || ts.isTemplateExpression(value)) return 'z.string()';
    if (ts.isNumericLiteral(value)) return 'z.number()';
    if (value.kind === ts.SyntaxKind.TrueKeyword || value.kind === ts.SyntaxKind.FalseKeyword) {
      return 'z.boolean()';
    }
    if (ts.isIdentifier(value)) return this.writeNamed(value, file, path, depth);
    if (!ts.isObjectLiteralExpression(value)) return this.anything(path);
    const fields = value.properties.map((property) =>
      this.writeProperty(property, file, path, depth),
    );
    const whole = fields.filter((field) => field !== undefined);
    if (whole.length < fields.length) return this.anything(path);
    const written = whole.map(([name, text]) => `${name}: ${text}`);
    return written.length > 0 ? `z.object({ ${written.join(', ')} })` : ANY_OBJECT.text;
  }

  /** The name and the schema of one field; undefined if it is not one field with a value. */
  private writeProperty(
    property: ts.ObjectLiteralElementLike,
    file: string,
    path: string,
    depth: number,
  ): [name: string, text: string] | undefined {
    if (ts.isSpreadAssignment(property)) return undefined;
    const name = property.name.getText();
    const at = path === 'data' ? name : `${path}.${name}`;
    if (ts.isShorthandPropertyAssignment(property)) {
      return [name, this.writeNamed(property.name, file, at, depth)];
    }
    if (!ts.isPropertyAssignment(property)) return undefined;
    return [name, this.writeValue(property.initializer, file, at, depth + 1)];
  }

  /** A parameter or a variable with a type, in what stands around the value. */
  private writeNamed(name: ts.Identifier, file: string, path: string, depth: number): string {
    for (let around: ts.Node = name; !ts.isSourceFile(around); around = around.parent) {
      const declared = declaredIn(around, name.text);
      if (declared?.type) return this.write(declared.type, file, path, depth + 1);
    }
    return this.anything(path);
  }
}

function declaredIn(
  around: ts.Node,
  name: string,
): ts.ParameterDeclaration | ts.VariableDeclaration | undefined {
  const named = (node: ts.ParameterDeclaration | ts.VariableDeclaration): boolean =>
    ts.isIdentifier(node.name) && node.name.text === name;
  if (ts.isFunctionLike(around)) return around.parameters.find(named);
  if (!ts.isBlock(around)) return undefined;
  return [...nodesOf(around)].filter(ts.isVariableDeclaration).find(named);
}

function mergeFields(objects: readonly ReadonlyMap<string, string>[]): string[] {
  const names = new Set(objects.flatMap((fields) => [...fields.keys()]));
  return [...names].map((name) => {
    const found = objects.flatMap((fields) => fields.get(name) ?? []);
    const texts = [...new Set(found)];
    const text = texts.length === 1 ? texts[0] : `z.union([${texts.join(', ')}])`;
    return `${name}: ${text ?? ''}${found.length < objects.length ? '.optional()' : ''}`;
  });
}
