/** Numbers as people read them. */

/** @example duration(4.26) → '4.3 s'; duration(123) → '2m03s'; duration(3723) → '1h02m' */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

/** @example percent(0.123) → '12.3 %'; of what could not be measured '–' */
export function percent(share: number): string {
  if (Number.isNaN(share)) return '–';
  return `${(100 * share).toFixed(1)} %`;
}

/** Percentage points with their sign. @example points(0.0512) → '+5.1' */
export function points(share: number): string {
  const text = (100 * share).toFixed(1);
  return share > 0 ? `+${text}` : text.replace('-', '−');
}

/** @example count(1234567) → '1,234,567' */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** A share's ends, cut to what a share can be. @example interval(-0.01, 0.05) → '0.0 to 5.0 %' */
export function interval(low: number, high: number): string {
  return `${(100 * Math.max(0, low)).toFixed(1)} to ${(100 * Math.min(1, high)).toFixed(1)} %`;
}

/** A value of a config as it would be typed. @example showValue(0.000001) → '1e-6'; showValue('token') → 'token' */
export function showValue(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 0.001) return value.toExponential();
  return JSON.stringify(value);
}
