/** Offers `methods` to the story, which calls them by name through the browser's driver (see `src/browsers/lab-page.ts`). */
export function offerToStory(methods: object): void {
  Object.assign(globalThis, { lab: methods });
}
