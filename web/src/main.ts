import './style/tokens.css'
import './style/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { setLocale, startingLocale } from './lib/text/text.svelte.ts'

await setLocale(startingLocale())
mount(App, { target: document.querySelector('#app')! })
