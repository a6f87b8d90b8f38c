/** On a phone the headings come first, and what is wanted is unfolded; on paper all is. */
export function foldSections(): void {
  const sections = [...document.querySelectorAll<HTMLDetailsElement>(".sentences details")];
  if (matchMedia("(max-width: 800px)").matches) for (const section of sections) section.open = false;
  addEventListener("beforeprint", () => {
    for (const section of sections) section.open = true;
  });
}
