"""Draws the style guide's sample charts anew: python -m tests.ui.samples"""

if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    from duga.web import styleguide

    for name, drawing in styleguide.draw_samples().items():
        (styleguide.SAMPLES / name).write_text(drawing)
        print(name, len(drawing))
