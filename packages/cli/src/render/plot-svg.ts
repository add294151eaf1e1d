import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

// The types of both speak of a browser's document, which the types of this program don't know.
const draw = Plot.plot as unknown as (options: object) => { readonly outerHTML: string };
const parse = parseHTML as unknown as (html: string) => { readonly document: unknown };

/** Draws a plot without a browser; gives the text of its `<svg>`. */
export function plotSvg(options: Omit<Plot.PlotOptions, 'document'>): string {
  return draw({ ...options, document: parse('<html></html>').document }).outerHTML;
}
