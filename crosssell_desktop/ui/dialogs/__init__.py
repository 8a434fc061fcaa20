"""The few dialogs: opened, never exec'd; each answers by one signal."""
