import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { SCHEMAS } from '../../../src/core/model/read.ts';
import type { Kind } from '../../../src/core/model/types.ts';

/*
 * `schemas/*.schema.json` say what files may hold, `types.ts` says it to the compiler. Both are brought to one shape,
 * and the shapes are compared: properties, whether one can count on them, types, choices.
 */
type Shape =
  | string
  | { choices: string[] }
  | { list: Shape }
  | { map: Shape }
  | { properties: Record<string, Shape> };

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  default?: unknown;
}

const choices = (values: string[]): Shape => ({ choices: values.sort() });

/** After reading, a property with a default is there. */
function ofSchema(schema: Schema, root: Schema): Shape {
  if (schema.$ref !== undefined) return ofSchema(definition(schema.$ref, root), root);
  if (schema.enum) return choices(schema.enum.map((one) => JSON.stringify(one)));
  if (schema.const !== undefined) return choices([JSON.stringify(schema.const)]);
  // What may be written as text too is read as what it stands for.
  const isMap = schema.type === 'object' || schema.properties !== undefined;
  if (Array.isArray(schema.type) && !isMap) return choices(schema.type.map(plain));
  if (schema.type === 'array') return { list: ofSchema(schema.items ?? {}, root) };
  if (!isMap) return plain(String(schema.type ?? 'nothing'));
  if (!schema.properties) {
    const { additionalProperties: others } = schema;
    return typeof others === 'object' ? { map: ofSchema(others, root) } : 'JsonObject';
  }
  const named = Object.entries(schema.properties).map(([name, one]): [string, Shape] => {
    const isThere = schema.required?.includes(name) === true || one.default !== undefined;
    return [isThere ? name : `${name}?`, ofSchema(one, root)];
  });
  return { properties: Object.fromEntries(named) };
}

const plain = (type: string): string => (type === 'integer' ? 'number' : type);

function definition(reference: string, root: Schema): Schema {
  const found = root.$defs?.[reference.replace('#/$defs/', '')];
  if (!found) throw new Error(`${reference} is not defined`);
  return found;
}

const FOLDER = join(import.meta.dirname, '../../../src/core/model');
const text = ['types.ts', 'data-types.ts', 'hub-types.ts', 'machine-types.ts']
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .join('');
const tree = ts.createSourceFile('types.ts', text, ts.ScriptTarget.ES2023, true);

function ofType(node: ts.TypeNode): Shape {
  if (ts.isUnionTypeNode(node)) return choices(node.types.map(wordOf));
  if (ts.isLiteralTypeNode(node)) return choices([wordOf(node)]);
  if (ts.isParenthesizedTypeNode(node)) return ofType(node.type);
  if (ts.isArrayTypeNode(node)) return { list: ofType(node.elementType) };
  if (ts.isTypeLiteralNode(node)) return ofMembers(node.members);
  if (ts.isTypeReferenceNode(node)) return ofReference(node);
  return node.getText(tree);
}

/** A member of a union, as JSON writes it where it is a value. */
function wordOf(node: ts.TypeNode): string {
  if (!ts.isLiteralTypeNode(node)) return node.getText(tree);
  return ts.isStringLiteral(node.literal)
    ? JSON.stringify(node.literal.text)
    : node.literal.getText(tree);
}

function ofReference(node: ts.TypeReferenceNode): Shape {
  const name = node.typeName.getText(tree);
  const [key, value] = node.typeArguments ?? [];
  if (name === 'Record' && key?.getText(tree) === 'string' && value) return { map: ofType(value) };
  return name === 'JsonObject' ? name : ofName(name);
}

function ofName(name: string): Shape {
  for (const node of tree.statements) {
    if (ts.isInterfaceDeclaration(node) && node.name.text === name) return ofMembers(node.members);
    if (ts.isTypeAliasDeclaration(node) && node.name.text === name) return ofType(node.type);
  }
  throw new Error(`there is no type ${name}`);
}

function ofMembers(members: ts.NodeArray<ts.TypeElement>): Shape {
  const named = members.map((member): [string, Shape] => {
    if (!ts.isPropertySignature(member) || !member.type)
      throw new Error(`${member.getText(tree)} is no property`);
    const name = ts.isStringLiteral(member.name) ? member.name.text : member.name.getText(tree);
    return [member.questionToken ? `${name}?` : name, ofType(member.type)];
  });
  return { properties: Object.fromEntries(named) };
}

const kinds = ofName('Kinds');
const typed = typeof kinds === 'object' && 'properties' in kinds ? kinds.properties : {};

test('the same kinds', () => {
  expect(Object.keys(typed).sort()).toEqual(Object.keys(SCHEMAS).sort());
});

describe('the type has the schema’s shape', () => {
  test.each(Object.keys(SCHEMAS) as Kind[])('%s', (kind) => {
    const schema = SCHEMAS[kind] as Schema;
    expect(typed[kind]).toEqual(ofSchema(schema, schema));
  });
});
