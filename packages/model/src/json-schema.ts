import { z } from 'zod';

import { environmentSchema } from './schema.ts';

type Json = Record<string, unknown>;

/**
 * Gives the JSON Schema (draft 7, which editors understand best) of an `environment.yaml`. A file with `extends` may leave out
 * what it inherits and write `null` for what it removes; keys that start with `x-` are allowed everywhere.
 */
export function jsonSchema(): Readonly<Record<string, unknown>> {
  const {
    $schema,
    definitions: written,
    ...whole
  } = z.toJSONSchema(environmentSchema, {
    io: 'input',
    target: 'draft-7',
    reused: 'ref',
    override: ({ jsonSchema: node }) => {
      // A node that stands behind a default comes by twice.
      if (node.type !== 'object' || node.patternProperties !== undefined) return;
      node.patternProperties = { '^x-': {} };
      const names = node.propertyNames;
      if (typeof names === 'object') node.propertyNames = { anyOf: [{ pattern: '^x-' }, names] };
    },
  });
  const definitions = isObject(written) ? written : {};
  return {
    $schema,
    title: 'A Flotilla environment',
    definitions: { ...definitions, ...layerDefinitions(definitions) },
    type: 'object',
    required: ['environment'],
    allOf: [
      { if: { required: ['extends'] }, else: whole },
      { if: { not: { required: ['extends'] } }, else: layer(whole) },
    ],
  };
}

function layerDefinitions(definitions: Readonly<Json>): Json {
  return Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [`layer${name}`, layer(schema)]));
}

/** The same schema for a layer: nothing is required, and `null` may stand for every key. Lists replace, so their entries stay whole. */
function layer(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { required: _, oneOf, anyOf, allOf, $ref, properties, additionalProperties, ...rest } = schema;
  const loose: Json = rest;
  const options = Array.isArray(oneOf) ? oneOf : anyOf;
  if (Array.isArray(options)) loose['anyOf'] = options.map(layer);
  if (Array.isArray(allOf)) loose['allOf'] = allOf.map(layer);
  if (typeof $ref === 'string') loose['$ref'] = $ref.replace('#/definitions/', '#/definitions/layer');
  if (isObject(properties)) {
    loose['properties'] = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, orNull(value)]));
  }
  if (additionalProperties !== undefined) {
    loose['additionalProperties'] = isObject(additionalProperties)
      ? orNull(additionalProperties)
      : additionalProperties;
  }
  return loose;
}

function orNull(schema: unknown): unknown {
  return { anyOf: [layer(schema), { type: 'null' }] };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
