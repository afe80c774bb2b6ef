import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.vue'] },
      globals: { ...globals.browser, uni: 'readonly', wx: 'readonly', getCurrentPages: 'readonly', UniApp: 'readonly' },
    },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      // Layout of templates is left to the writer; these four rules only move brackets around.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      // Page components are named by their route in pages.json.
      'vue/multi-word-component-names': 'off',
      // WeChat's built-in elements and ours are told apart by case: <view> and <OrderCard>.
      'vue/component-name-in-template-casing': ['error', 'PascalCase', { registeredComponentsOnly: true }],
    },
  },
  { files: ['src/texts.ts'], rules: { 'max-lines': 'off' } },
  { files: ['scripts/**', 'test/**', '*.config.*'], languageOptions: { globals: globals.node } },
  { files: ['scripts/service-worker.js'], languageOptions: { globals: globals.serviceworker } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
)
