import { build } from 'esbuild';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { patienceMs } from '@dialplane/testing';
import { within } from '../patience.ts';

/** What a page of `lab/pages` offers: functions that are called by name, with arguments and results that survive JSON. */
export type PageMethods<Contract> = { readonly [Name in keyof Contract]: (...args: never[]) => unknown };

type PageCall<Methods extends PageMethods<Methods>> = <Name extends keyof Methods & string>(
  name: Name,
  ...args: Parameters<Methods[Name]>
) => Promise<Awaited<ReturnType<Methods[Name]>>>;

/** An open page of the lab, driven from the story. */
export interface LabPage<Methods extends PageMethods<Methods>> {
  /** Calls a function of the page. Rejects with the page's own error, or after a minute with what it waited for. */
  readonly call: PageCall<Methods>;
  /** The same with another limit. */
  readonly within: (timeoutMs: number) => PageCall<Methods>;
}

/** A page of the lab in Chromium. */
export interface ChromiumPage<Methods extends PageMethods<Methods>> extends LabPage<Methods> {
  readonly page: Page;
}

const bundles = new Map<string, Promise<string>>();

/** The bundle of `lab/pages/<name>.ts` as a whole HTML document. */
export function pageDocument(name: string): Promise<string> {
  const known = bundles.get(name);
  if (known !== undefined) return known;
  const made = bundle(name);
  bundles.set(name, made);
  return made;
}

async function bundle(name: string): Promise<string> {
  const entry = join(import.meta.dirname, '../../pages', `${name}.ts`);
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'iife', target: 'es2022', write: false, logLevel: 'error' });
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
  return `<!doctype html><meta charset="utf-8"><title>${name}</title><body><script>${script}</script></body>`;
}

/**
 * Opens a page of the lab as if `url` had served it: only the document is put in the server's place, every other request of
 * the page goes over the network of the host it runs on.
 */
export async function openLabPage<Methods extends PageMethods<Methods>>(context: BrowserContext, name: string, url: string): Promise<ChromiumPage<Methods>> {
  const body = await pageDocument(name);
  await context.route(url, (route) => route.fulfill({ contentType: 'text/html', body }));
  return openPage(context, url);
}

/** Opens `url`, which serves a page of the lab by itself. */
export async function openPage<Methods extends PageMethods<Methods>>(context: BrowserContext, url: string): Promise<ChromiumPage<Methods>> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, ...labPageOn((expression) => page.evaluate(expression), complaints) };
}

/** The page whose browser evaluates expressions so. `complaints` collects what the page says about errors. */
export function labPageOn<Methods extends PageMethods<Methods>>(evaluateIn: (expression: string) => Promise<unknown>, complaints: readonly string[]): LabPage<Methods> {
  const evaluate = (timeoutMs: number, name: string, args: readonly unknown[]): Promise<unknown> => {
    const expression = `globalThis.lab[${JSON.stringify(name)}](${args.map((argument) => JSON.stringify(argument)).join(', ')})`;
    return within(evaluateIn(expression), () => `${expression} was not done after ${timeoutMs} ms; the page said: ${complaints.join(' | ') || 'nothing'}`, timeoutMs);
  };
  const callWithin = (timeoutMs: number): PageCall<Methods> => ((name: string, ...args: unknown[]) => evaluate(timeoutMs, name, args)) as PageCall<Methods>;
  return { call: callWithin(patienceMs), within: callWithin };
}
