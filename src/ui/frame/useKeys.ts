/** Single-key commands of the whole page. Off while a field has focus, while a dialog is open, and by choice. */
import { useEffect } from 'react';
import { tabs } from '../../store/state.ts';
import { isRunning } from '../../store/status.ts';
import type { OpenDialog } from '../App.tsx';
import { useActions, useGetState } from '../studioContext.ts';
import { toggleTheme } from '../theme.ts';
import { singleKeysOn } from './singleKeys.ts';

interface Keys {
  readonly chooseFile: () => void;
  readonly setDialog: (dialog: OpenDialog) => void;
  readonly dialogOpen: boolean;
}

/** True where a key belongs to what has focus. */
export function typesInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable], dialog, [role=menu]') !== null
  );
}

export function useKeys({ chooseFile, setDialog, dialogOpen }: Keys): void {
  const { showTab, pause, resume } = useActions();
  const getState = useGetState();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (dialogOpen || !singleKeysOn() || event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target)) return;
      const { status } = getState();
      const onButton = event.target instanceof HTMLElement && event.target.closest('button, a, summary, [role=tab]') !== null;
      switch (event.key) {
        case ' ':
          if (onButton || !isRunning(status)) return;
          if (status.at === 'paused') resume();
          else pause();
          break;
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
          showTab(tabs[Number(event.key) - 1] ?? 'data');
          break;
        case 'o':
        case 'O':
          chooseFile();
          break;
        case 't':
        case 'T':
          toggleTheme();
          break;
        case 's':
        case 'S':
          document.getElementById('share')?.click();
          break;
        case 'e':
        case 'E':
          document.getElementById('export')?.click();
          break;
        case 'r':
        case 'R':
          document.getElementById('experiment-name')?.click();
          break;
        case '?':
          setDialog('keys');
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [chooseFile, setDialog, dialogOpen, getState, pause, resume, showTab]);
}
