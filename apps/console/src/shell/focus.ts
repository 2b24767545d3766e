/** A ref that gives its element the focus when it appears. */
export function focusOnArrival(element: HTMLElement | null): void {
  element?.focus();
}

/** As `focusOnArrival`, but who is typing goes on typing: the next key must not press a button that was not there before. */
export function focusUnlessTyping(element: HTMLElement | null): void {
  if (document.activeElement?.matches('input, textarea, select') !== true) element?.focus();
}
