/** Plain data: what instances give, read back from tensors. */
type Data = unknown;

export interface Closeness {
  /** Of the larger of the two; 0: the same bits. */
  readonly tolerance: number;
}

/**
 * Where two pieces of plain data differ first, in words; undefined where they don't. NaN equals NaN.
 *
 * @example difference({ a: [1, 2] }, { a: [1, 3] }) → 'a.1 is 3 instead of 2'
 */
export function difference(
  expected: Data,
  received: Data,
  { tolerance }: Closeness = { tolerance: 0 },
  path = '',
): string | undefined {
  if (typeof expected === 'number' && typeof received === 'number') {
    if (close(expected, received, tolerance)) return undefined;
  } else if (isContainer(expected) && isContainer(received)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(received)]);
    for (const key of keys) {
      const found = difference(expected[key], received[key], { tolerance }, path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  } else if (Object.is(expected, received)) return undefined;
  return `${path === '' ? 'it' : path} is ${show(received)} instead of ${show(expected)}`;
}

/** Whether numbers are equal, or no further apart than the tolerance allows. */
export function close(a: number, b: number, tolerance: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Whether every number in it is finite. */
export function allFinite(data: Data): boolean {
  if (typeof data === 'number') return Number.isFinite(data);
  return !isContainer(data) || Object.values(data).every(allFinite);
}

/** A value in a finding. */
export function show(value: Data): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(Number(value.toPrecision(7)));
  return isContainer(value) ? JSON.stringify(value).slice(0, 60) : JSON.stringify(value);
}

/** A shape as docs write it. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/**
 * What of some data JSON would lose, in words; undefined where it loses nothing.
 *
 * @example lostInJson({ a: [1, NaN] }) → 'a.1 is NaN'
 */
export function lostInJson(data: Data, path = ''): string | undefined {
  if (
    data === null ||
    typeof data === 'string' ||
    typeof data === 'boolean' ||
    (typeof data === 'number' && Number.isFinite(data))
  )
    return undefined;
  if (Array.isArray(data) || isPlainObject(data)) {
    for (const [key, inner] of Object.entries(data as Record<string, Data>)) {
      const lost = lostInJson(inner, path === '' ? key : `${path}.${key}`);
      if (lost !== undefined) return lost;
    }
    return undefined;
  }
  const what = isContainer(data)
    ? `an object of class ${data.constructor.name}`
    : typeof data === 'number'
      ? String(data)
      : typeof data;
  return `${path === '' ? 'it' : path} is ${what}`;
}

function isContainer(value: Data): value is Record<string, Data> {
  return typeof value === 'object' && value !== null;
}

function isPlainObject(value: Data): boolean {
  return (
    isContainer(value) && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  );
}
