import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyPrefs } from './frame/prefs.ts';
import './theme/tokens.css';
import './theme/base.css';

applyPrefs();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
