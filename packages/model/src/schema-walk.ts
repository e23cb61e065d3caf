import { z } from 'zod';

import type { YamlNode } from './yaml/node.ts';

type Schema = z.core.$ZodType;

/** Gives the schema below its defaults, options and transformations. */
function unwrapSchema(schema: Schema): Schema {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrapSchema(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrapSchema(schema.in) : schema;
}

/** Gives the schema of the child at `step`; a union of kinds is decided by what stands in `node`. */
export function childSchema(schema: Schema, step: string | number, node: YamlNode): Schema | undefined {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodObject) return shapeOf(inner)[String(step)];
  if (inner instanceof z.ZodRecord) return inner.valueType;
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const option = optionFor(inner, node);
    return option === undefined ? undefined : childSchema(option, step, node);
  }
  return undefined;
}

/** Gives the options of a union, in the order that a failed union lists their issues in. */
export function unionOptions(schema: Schema): readonly Schema[] {
  const inner = unwrapSchema(schema);
  return inner instanceof z.ZodUnion ? inner.options : [];
}

/** Gives the keys that an object's schema knows; empty for anything else. */
export function knownKeys(schema: Schema, node: YamlNode): readonly string[] {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodObject) return Object.keys(shapeOf(inner));
  const option = inner instanceof z.ZodDiscriminatedUnion ? optionFor(inner, node) : undefined;
  return option === undefined ? [] : knownKeys(option, node);
}

/** Gives the values of the key that tells the options of a union apart, in the order of the schema. */
export function knownKinds(schema: Schema): readonly string[] {
  return unionOptions(schema).flatMap((option) => (option instanceof z.ZodObject ? kindsOf(option) : []));
}

/** Gives what the schema says about a value, for hints. */
export function descriptionOf(schema: Schema | undefined): string | undefined {
  if (schema === undefined) return undefined;
  return z.globalRegistry.get(schema)?.description ?? z.globalRegistry.get(unwrapSchema(schema))?.description;
}

function optionFor(union: z.ZodDiscriminatedUnion, node: YamlNode): Schema | undefined {
  const written = node.kind === 'map' ? node.entries.get('kind')?.value : undefined;
  const kind = written?.kind === 'scalar' ? written.value : undefined;
  return union.options.find((option) => option instanceof z.ZodObject && kindsOf(option).some((one) => one === kind));
}

function kindsOf(option: z.ZodObject): readonly string[] {
  const kind = shapeOf(option)['kind'];
  return kind instanceof z.ZodLiteral ? [...kind.values].map(String) : [];
}

function shapeOf(schema: z.ZodObject): Readonly<Record<string, Schema>> {
  return schema.shape;
}
