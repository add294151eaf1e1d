import { expectAllclose, type Numbers } from '@dapo/core/testing';

/** Golden numbers as JSON holds them: what JSON lacks are strings. */
export type GoldenMatrix = readonly (readonly number[])[];

/** Tolerance of float32 tensors: 1e-5 of the largest; what is below 1e-9 counts as 0 and asks for 1e-7. */
export async function expectGoldenTensor(
  actual: Numbers,
  expected: GoldenMatrix | readonly number[],
  where: string,
): Promise<void> {
  const largest = Math.max(0, ...(expected.flat(1) as number[]).map(Math.abs));
  const zero = largest < 1e-9;
  await expectAllclose(
    actual,
    expected,
    zero ? { relative: 0, absolute: 1e-7 } : { relative: 1e-5, absolute: 0 },
    where,
  );
}

/** Tolerance of float32 scalars: 1e-5 · max(|b|, 0.1). */
export async function expectGoldenScalar(actual: Numbers, expected: number, where: string): Promise<void> {
  await expectAllclose(actual, expected, { relative: 1e-5, absolute: 1e-6 }, where);
}

/** 1-D golden values of each response spread over the tokens of a mask. */
export function overTokens(values: readonly number[], mask: GoldenMatrix): GoldenMatrix {
  return mask.map((row, r) => row.map((m) => m * values[r]!));
}
