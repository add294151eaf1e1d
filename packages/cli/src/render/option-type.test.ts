import { expect, test } from 'vitest';
import { z } from '@dapo/core';
import type { OptionSchema } from '../catalogue.js';
import { optionType } from './option-type.js';

const typeOf = (schema: z.ZodType): string =>
  optionType(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as OptionSchema);

test('a type is said in a few words, with the bounds that someone has set', () => {
  expect(typeOf(z.number().positive().lt(1))).toBe('number > 0, < 1');
  expect(typeOf(z.int())).toBe('whole number');
  expect(typeOf(z.int().min(2).max(9))).toBe('whole number ≥ 2, ≤ 9');
  expect(typeOf(z.enum(['clip', 'none']))).toBe('clip | none');
  expect(typeOf(z.union([z.number(), z.literal('auto')]))).toBe('number | "auto"');
  expect(typeOf(z.array(z.string()))).toBe('list of string');
  expect(typeOf(z.strictObject({ low: z.number(), on: z.boolean() }))).toBe('{ low: number, on: boolean }');
  expect(typeOf(z.record(z.string(), z.number()))).toBe('map of number');
  expect(typeOf(z.custom<() => void>())).toBe('anything');
});
