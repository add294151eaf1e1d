/** `a, b or c`; a word where there is none of them. */
export function listNames(names: readonly string[], none = 'none'): string {
  if (names.length === 0) return none;
  if (names.length === 1) return names[0]!;
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** A value as an error shows it: JSON, cut short. */
export function showValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' || value === undefined || typeof value === 'symbol') return String(value);
  if (typeof value === 'object' && value !== null && !isPlain(value)) return `an object of class ${className(value)}`;
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    return 'an object that refers to itself';
  }
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

/** What was thrown, in one line. */
export function causeText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1)[0]!.trim();
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function className(value: object): string {
  return (value.constructor as { readonly name?: string } | undefined)?.name ?? 'unknown';
}
