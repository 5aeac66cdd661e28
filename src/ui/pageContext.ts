/** What any part of the page may ask of the frame: open the file chooser, open a dialog. */
import { createContext, useContext } from 'react';
import type { OpenDialog } from './App.tsx';

export interface Page {
  readonly chooseFile: () => void;
  readonly setDialog: (dialog: OpenDialog) => void;
}

export const PageContext = createContext<Page>({ chooseFile: () => {}, setDialog: () => {} });

export const usePage = (): Page => useContext(PageContext);
