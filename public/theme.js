// Sets the theme before the first paint, so that a dark page never flashes light. `src/ui/theme.ts` changes it later.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem('inmerge-theme');
  } catch {
    kept = null;
  }
  var dark = kept === null ? matchMedia('(prefers-color-scheme: dark)').matches : kept === 'dark';
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
